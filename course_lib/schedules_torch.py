"""Any schedule of `schedules` on any PyTorch optimizer."""

from torch.optim.lr_scheduler import LRScheduler

__all__ = ["ScheduleLR"]


class ScheduleLR(LRScheduler):
    """Sets each group's lr to schedule(step), step 0 at once and one more at each `step()`, after the optimizer's.

    schedule: a function of the step, a PerformanceDecay, or a list with one of them for each param group. It says
    the rate itself, not a factor of the optimizer's own. A PerformanceDecay hears `step(metric)`.
    momentum: a second function of the step, as one_cycle_momentum makes, for the groups' "momentum", "beta1" or
    first of "betas", whichever the optimizer has.
    state_dict holds no functions: load it into a ScheduleLR made with the same schedules.
    """

    def __init__(self, optimizer, schedule, momentum=None):
        groups = len(optimizer.param_groups)
        self.schedules = list(schedule) if isinstance(schedule, (list, tuple)) else [schedule] * groups
        if len(self.schedules) != groups:
            raise ValueError(
                f"there are {len(self.schedules)} schedules; expected one, or {groups}: one for each group"
            )
        for each in self.schedules:
            if not callable(each) and not listens(each):
                raise TypeError(
                    f"schedule is {each!r}; expected a function of the step: try schedules.constant({each!r})"
                )
        self.momentum = momentum
        super().__init__(optimizer)

    def get_lr(self):
        return [each.lr if listens(each) else each(self.last_epoch) for each in self.schedules]

    def step(self, metric=None):
        listeners = {id(each): each for each in self.schedules if listens(each)}  # one for all groups hears it once
        if self.last_epoch >= 0:  # not the step 0 of the constructor
            if listeners and metric is None:
                raise ValueError("step() came without a metric; expected step(metric): try the validation loss")
            if not listeners and metric is not None:
                raise ValueError(f"step({metric!r}) came with a metric, but no schedule listens; expected step()")
            for each in listeners.values():
                each.step(metric)
        super().step()
        self.set_momentum()

    def set_momentum(self):
        for group in self.optimizer.param_groups if self.momentum else ():
            value = self.momentum(self.last_epoch)
            key = next((key for key in ("momentum", "beta1", "betas") if key in group), None)
            if key is None:
                raise ValueError("the optimizer has no momentum, beta1 or betas; expected one: try Momentum or Adam")
            group[key] = (value, *group[key][1:]) if key == "betas" else value

    def state_dict(self):
        own = {key: value for key, value in super().state_dict().items() if key not in ("schedules", "momentum")}
        return {**own, "listeners": [dict(vars(each)) if listens(each) else None for each in self.schedules]}

    def load_state_dict(self, state_dict):
        """And sets the rates: whether the optimizer was loaded before or after does not matter."""
        own = dict(state_dict)
        for each, saved in zip(self.schedules, own.pop("listeners"), strict=True):
            if saved is not None:
                vars(each).update(saved)
        super().load_state_dict(own)
        for group, lr in zip(self.optimizer.param_groups, self._last_lr, strict=True):
            group["lr"] = lr
        self.set_momentum()


def listens(schedule):
    return hasattr(schedule, "step")
