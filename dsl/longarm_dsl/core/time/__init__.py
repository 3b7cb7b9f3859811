"""The event calculus: which law is in force on a day, as known on a day.

Pure functions on plain data, independent of any syntax tree. What was issued after
the knowledge day is never seen; between two change points every answer is constant;
what nobody can know is a question in the formula, never a guess.
Source: Kowalski and Sergot, A Logic-based Calculus of Events (1986); semantics 1.7 to 1.9.
"""

from longarm_dsl.core.time.build import Problem, ProblemKind, build_law
from longarm_dsl.core.time.calculus import (
    Segment,
    When,
    alive,
    amendments,
    changes_nothing,
    edges,
    in_force,
    kleene,
    known_edges,
    segments,
)
from longarm_dsl.core.time.model import (
    REGIME_ZONES,
    Edge,
    EndKind,
    Event,
    EventKind,
    Instrument,
    Law,
    Leaf,
    Moment,
    Window,
    for_days,
    in_zone,
    moment_of,
)
from longarm_dsl.core.time.states import State, StateName, event_states, instrument_states, states

__all__ = [
    "REGIME_ZONES",
    "Edge",
    "EndKind",
    "Event",
    "EventKind",
    "Instrument",
    "Law",
    "Leaf",
    "Moment",
    "Problem",
    "ProblemKind",
    "Segment",
    "State",
    "StateName",
    "When",
    "Window",
    "alive",
    "amendments",
    "build_law",
    "changes_nothing",
    "edges",
    "event_states",
    "for_days",
    "in_force",
    "in_zone",
    "instrument_states",
    "kleene",
    "known_edges",
    "moment_of",
    "segments",
    "states",
]
