"""A hub's key figures by quarter, none of which tells of fewer than five people; and initiatives born there."""
