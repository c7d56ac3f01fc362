"""The simulated site of a CMS: its depot, the charging requests that it holds, and what it says about both. Pure."""
