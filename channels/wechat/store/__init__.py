"""What outlives a process, and all workers share: queues, values, locks; in SQLite or Redis."""
