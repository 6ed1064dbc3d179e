from oneroom.apps.reforms.services.plans import alter_plan, ask_for_signature, draft_plan, import_plan, withdraw_plan

__all__ = ["alter_plan", "ask_for_signature", "draft_plan", "import_plan", "withdraw_plan"]
