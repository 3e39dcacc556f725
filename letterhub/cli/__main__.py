"""Entry point of `python -m letterhub.cli`, the same as `letterhub`, for programs that start one."""

from letterhub.cli import main

main()
