-- A run of several processes is one row, and may end in more ways than two.
ALTER TABLE {local}.run {on_cluster}
    COMMENT COLUMN source 'Name of what was read: the file, folder or topic; of several files the first, and how many more',
    COMMENT COLUMN status 'running, finished, stopped, grown (the topic has more partitions) or failed; of a run that was killed it stays running',
    COMMENT COLUMN workers 'Worker threads of all its processes';
