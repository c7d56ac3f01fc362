"""mockpilot on trial: does every offender get its conviction, and every conforming presystem none?"""
