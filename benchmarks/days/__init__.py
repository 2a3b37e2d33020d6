"""Made-up hubs, and the joint day plan beside habit and advice in turn."""
