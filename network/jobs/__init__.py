"""What a command does beside a server or without one."""
