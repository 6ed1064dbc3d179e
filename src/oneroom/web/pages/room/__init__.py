"""The room: one screen that leads the teams."""
