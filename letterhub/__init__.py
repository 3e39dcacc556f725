"""Letterhub hosts open letters that organizations sign, and delivers them.

Folders are floors, file names are features. To understand a floor, read the
first line of its folder; to understand a feature, read one word down the floors.

    cli/                                   the door for operators, who start the other two
    app.py                                 wiring
    web/            jobs/                  the doors for people, and for the queue and the clock
    commands/                              what can be done   (verbs; writes)
    queries/                               what can be asked  (nouns; reads)
    rendering/      mail/       intake/    how things leave and enter the house
    models/                                how it is kept
    db.py           links.py    files.py   ground works
    domain/                                what words mean and what is allowed
    config.py clock.py logs.py machine.py  the outside facts
    counting.py                            what a process counts
    values.py       certificates.py        how settings are read, whose key signs editions

A room imports only from rooms below it, and rooms side by side do not know each
other. A signature travels down on the way in (form, command, row) and up on the
way out (row, query, document, template); nothing below calls upward.
"""
