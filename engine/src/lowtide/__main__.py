"""`python -m lowtide` is the `lowtide` command."""

from lowtide.cli.main import main

main()
