"""Layer 3: rule files to rules, checked whole, and the one scan that serves all of them."""
