"""What is stored of persons: sessions, memberships, feed addresses; and how it goes again."""
