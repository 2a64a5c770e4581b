"""The mathematics of Direct Preference Optimization, as data that is printed, moved and checked.

The paper is Rafailov et al. 2023, arXiv 2305.18290; "eq. (5)" and "appendix A.1" in this package
are its equations and sections.
"""
