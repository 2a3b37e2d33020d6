"""Which options should be taken so that the most is gained and nothing is taken twice?"""
