"""`python -m oneroom` is `oneroom`."""

from oneroom.project.cli import main

main()
