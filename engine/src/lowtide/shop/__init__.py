"""A small shop in one process: files that are put into a folder become alerts, messages and orders, with no server.

    DIR/in/MAP/sales.csv ──▶ taking ──▶ journal ──▶ run ──▶ store ──▶ desk ──▶ page, messages
                             thread                 main    DIR/.lowtide       threads

    places    what lies in DIR, found by its name
    first     what the first start makes
    inboxes   the watched folders: one a map, found while it runs
    quiet     how the clock goes on when nothing comes
    taking    the thread that takes files into the journal
    shop      the process

The run has the main thread, because the library of its dataflow wants it there and its first signal ends everything in
order: files are taken no more, the run saves its state, the desk sends what is on its way. All three ask the store
through handles of this process; every other command finds it on the socket in DIR/.lowtide/warehouse.
"""
