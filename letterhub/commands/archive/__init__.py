"""Archive: letters that are put away, and deleted drafts."""
