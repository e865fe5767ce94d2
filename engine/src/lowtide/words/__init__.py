"""Every sentence that people read, in English and in Chinese; numbers and dates as a reader of each writes them."""
