"""Further stages from plugins, in the shape of the source plugins: hooks only register."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

import pluggy

from groundswell_analyzer.annotate.draft import Stage
from groundswell_analyzer.annotate.stages import LAST_STAGE, STAGES
from groundswell_core.errors import InvalidInput
from groundswell_core.sources import PROJECT, hookspec


class StageHooks:
    """The hooks that a plugin of the analyzer may implement."""

    @hookspec
    def groundswell_stages(self) -> Iterable[Stage]:
        """Returns stages that run after ours and before the monitors are matched."""
        raise AssertionError("a hook specification is never called")


def stage_manager() -> pluggy.PluginManager:
    """Returns a fresh manager that knows the hook and no plugin."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(StageHooks)
    return manager


def load_stages(allowed: Iterable[str]) -> tuple[Stage, ...]:
    """Loads the allow-listed distributions' stages, in the order of the list.

    Raises InvalidInput naming the plugin that is missing, broken, or names a stage that is there.
    """
    stages: dict[str, Stage] = {stage.name: stage for stage in (*STAGES, LAST_STAGE)}
    count = len(stages)
    for distribution in allowed:
        manager = stage_manager()
        for point in _points(distribution):
            _register(manager, point, distribution)
        for stage in stages_of(manager, distribution):
            if stage.name in stages:
                raise _broken(distribution, f'its stage "{stage.name}" exists already; rename it')
            stages[stage.name] = stage
    return tuple(stages.values())[count:]


def stages_of(manager: pluggy.PluginManager, plugin: str) -> list[Stage]:
    """Returns the stages of a manager's plugins; raises InvalidInput when a hook answers else."""
    try:
        manager.check_pending()
        found = [stage for stages in manager.hook.groundswell_stages() for stage in stages]
    except Exception as error:
        raise _broken(plugin, f"{type(error).__name__}: {error}") from error
    for stage in found:
        if not isinstance(stage, Stage):
            raise _broken(plugin, f"groundswell_stages answered {type(stage).__name__}, not Stage")
    return found


def _points(distribution: str) -> list[EntryPoint]:
    found = [
        point
        for point in entry_points(group=PROJECT)
        if point.dist is not None
        and point.dist.name.lower().replace("_", "-") == distribution.lower().replace("_", "-")
    ]
    if not found:
        raise InvalidInput(
            f'plugin "{distribution}" is on the allow-list but not installed, or has no entry point '
            f'in the group "{PROJECT}"; install it or take it off the list',
            reason="PLUGIN_MISSING",
            plugin=distribution,
        )
    return found


def _register(manager: pluggy.PluginManager, point: EntryPoint, distribution: str) -> None:
    try:
        manager.register(point.load(), name=point.name)
    except Exception as error:
        raise _broken(distribution, f"{type(error).__name__}: {error}") from error


def _broken(plugin: str, why: str) -> InvalidInput:
    return InvalidInput(
        f'plugin "{plugin}" cannot be used: {why}', reason="PLUGIN_BROKEN", plugin=plugin
    )
