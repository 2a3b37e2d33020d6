"""Letters of hubs: their drafts in words, what each reader gets, and sending them at their time."""
