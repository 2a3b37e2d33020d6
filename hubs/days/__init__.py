"""The joint day plan: which days each comes, so that those meet who have something to give each other."""
