"""Filing a request: in steps or on one page, what begins it, what the days and the market say of it."""
