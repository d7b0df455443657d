"""The files of this folder as functions: `operations.hub(slug="…")` is a question, which `Asking` asks for whoever reads.

What each takes is what its file declares. `__init__.pyi` beside this module tells it to the type checker, so that no page names
an operation or a variable that there is not; `python -m network.pages.operations.stub` writes it.
"""

from network.pages.operations.declared import FOLDER, declarations

globals().update(declarations(FOLDER))
