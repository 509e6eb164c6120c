"""Why a number is what it is: waterfalls, prices, counterfactuals."""
