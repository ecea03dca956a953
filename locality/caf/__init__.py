"""Early help itself: the CAF, the team around the child, the plan, reviews and closure."""
