"""What is looked at now and then."""

from time import time

from gateways import message


def test_idle_lanes_are_forgotten_and_those_with_work_stay(house):
    """A conversation that has gone quiet leaves nothing in the table that every claim reads."""
    house.arrive(message("m1"))
    house.work()
    assert len(house.rows("lanes")) == 1
    house.sweep()
    assert house.rows("lanes") == []
    house.arrive(message("m2"))
    house.sweep()
    assert house.states(target="desk") == ["sent", "sent"]


def test_a_lane_keeps_the_pace_of_its_person_while_that_matters(house):
    """Forgetting it would let a burst begin anew."""
    house.arrive(message("m1"))
    house.work()
    house.sql("UPDATE lanes SET paced = :now", now=time())
    house.sweep()
    assert len(house.rows("lanes")) == 1
