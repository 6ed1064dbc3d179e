"""The facts. Only these apps write the database; each imports only apps that stand lower."""
