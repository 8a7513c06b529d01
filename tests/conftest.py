"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# A busy machine is no failure, and a run that failed fails again.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
