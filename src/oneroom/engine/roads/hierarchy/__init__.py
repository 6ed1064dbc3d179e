"""A customizable contraction hierarchy: exact times by road from everybody to everywhere, in a few milliseconds."""

from oneroom.engine.roads.hierarchy.build import Hierarchy, Times, hierarchy
from oneroom.engine.roads.hierarchy.dissect import contraction_order
from oneroom.engine.roads.hierarchy.questions import Pinned, pin, ranked, times_between

__all__ = ["Hierarchy", "Pinned", "Times", "contraction_order", "hierarchy", "pin", "ranked", "times_between"]
