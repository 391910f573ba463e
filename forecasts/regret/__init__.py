"""What a plan would have been worth on what really came, beside the plan of somebody who had known it."""

from forecasts.regret.came import Came, what_came
from forecasts.regret.regret import QueueRegret, WeekOfPlan, regret
from forecasts.regret.served import Served, serve

__all__ = ["Came", "QueueRegret", "Served", "WeekOfPlan", "regret", "serve", "what_came"]
