"""The pages of what is offered."""
