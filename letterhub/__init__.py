"""Letterhub hosts open letters that organizations sign, and delivers them.

The folders are layers, from entry points to rules; a module imports only from layers below its own:

    cli/                                   command line, which also starts the server and the worker
    app.py                                 application factory
    web/            jobs/                  HTTP; background worker
    commands/                              use cases that write: one function, one transaction
    queries/                               reads
    render.py                              letters as files, for other programs
    rendering/      mail/       intake/    output formats; email; uploaded files
    models/                                SQLAlchemy tables
    infrastructure/                        database engine, object store, signed links, metrics, logs, locks
    domain/                                rules as pure functions and frozen values
    config.py       clock.py               settings, the time

Layers side by side do not import each other. A signature goes down on its way in (form, command, row), and up on its
way out (row, query, document, template).
"""
