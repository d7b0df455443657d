"""`python -m network.cli` is `hubnetz`."""

from network.cli.commands import main

main()
