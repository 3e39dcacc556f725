"""`python -m letterhub.cli`: the same as `letterhub`, for a program that starts one."""

from letterhub.cli import main

main()
