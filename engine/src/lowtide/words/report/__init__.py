"""Every word of the report: its page, its figures, its sections. A key says where a word stands on the page."""
