"""States of render jobs: of an edition's files, of page previews and of reports."""

import enum


class JobState(enum.StrEnum):
    """State of a render job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_finished(self) -> bool:
        """Return whether the job has ended."""
        return self in (JobState.DONE, JobState.FAILED)
