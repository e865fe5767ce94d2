"""Who hears what and when: the desk follows the ledger, decides, sends, and takes answers.

The desk lives on a clock that is an argument everywhere: the wall clock, the log's, or a test's. What it decided stands in
the warehouse; what it works with stands in `desk.db` (see `desk.store`), which is made again when it is lost.
"""
