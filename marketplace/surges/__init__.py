"""Help in a crisis: pools agreed beforehand, alerts, calls to cards, and how much ordinary work stays."""
