"""Letterhub hosts open letters that organizations sign, and delivers them.

The folders are layers, from entry points to rules; a module imports only from layers below its own:

    cli/                                   command line, which also starts the server and the worker
    app.py                                 application factory
    web/            jobs/                  HTTP; background worker
    commands/                              use cases that write: one function, one transaction
    queries/                               reads
    rendering/      mail/       intake/    output formats; email; uploaded files
    models/                                SQLAlchemy tables
    db.py           links.py    files.py   database engine; signed links; object storage
    domain/                                rules as pure functions and frozen values
    config.py clock.py logs.py machine.py  settings, time, logging, host
    counting.py                            metrics of a process
    values.py       certificates.py        parsers of settings; certificate for signing editions

Layers side by side do not import each other. A signature goes down on its way in (form, command, row) and up on its
way out (row, query, document, template); nothing below calls upward.
"""
