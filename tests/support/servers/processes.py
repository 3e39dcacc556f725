"""Processes for tests that run at the same time: forks of one process that imported the product once."""

import multiprocessing

PROCESSES = multiprocessing.get_context("forkserver")
"""Context of processes that start in 10 ms; a spawned one takes two seconds of a processor to import the product."""
PROCESSES.set_forkserver_preload(
    [
        "letterhub.commands.operations.demo",
        "letterhub.jobs.tasks",
        "letterhub.cli.export",
        "letterhub.cli.worker",
        "tests.conftest",
        "tests.support.servers.kill_at_each_step",
        "tests.support.servers.worker_process",
    ]
)
