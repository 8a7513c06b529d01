"""The worker: claims lanes, makes the calls, and stores how they ended."""
