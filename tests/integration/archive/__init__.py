"""Tests of the archive: archived letters and deleted drafts."""
