"""Questions about a skill: to whoever has it, through HR, or to its panel of advisers; no loan is asked for."""
