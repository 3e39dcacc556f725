"""Archive: copies of letters, letters that are put away, and deleted drafts."""
