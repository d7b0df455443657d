"""What every write goes through: the unit of work, who may read what is written, trail, outbox, leases."""
