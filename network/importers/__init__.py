"""Files to commands, and projects back to files. Parsing is pure; writing goes through `graph.commands`."""

from network.importers.project_export import export_projects
from network.importers.project_import import import_projects
from network.importers.registers import import_municipalities, import_services, import_universities
from network.importers.report import ImportFileError, ImportReport, Progress, RowError, no_progress

__all__ = [
    "ImportFileError",
    "ImportReport",
    "Progress",
    "RowError",
    "export_projects",
    "import_municipalities",
    "import_projects",
    "import_services",
    "import_universities",
    "no_progress",
]
