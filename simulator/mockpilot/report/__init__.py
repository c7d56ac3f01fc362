"""Reports: what a run's result and its recordings say, for people. Pure; reads, and decides nothing."""
