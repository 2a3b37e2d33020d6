"""The open needs and offers as they are when a run begins."""
