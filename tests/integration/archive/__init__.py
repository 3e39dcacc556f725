"""Tests of the archive: copies, archived letters and deleted drafts."""
