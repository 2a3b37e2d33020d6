"""Who belongs to a hub: organisations by agreement, and people of theirs who have applied and been welcomed."""
