"""Work that runs in a child process without network, with limits on memory and time, ended with whoever asked for it.

child      the parent's side: start, listen, end        main    the child's side: give up rights, work, answer
room       one child at a time, with its progress and its answer for those who look
"""
